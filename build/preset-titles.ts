/** What services call themselves, where a capital letter at the beginning is not enough. */
// prettier-ignore
export const titles: Readonly<Record<string, string>> = {
  acton: 'Act-On', acuityscheduling: 'Acuity Scheduling', aha: 'Aha!', angellist: 'AngelList', arcgis: 'ArcGIS',
  auth0: 'Auth0', authentik: 'authentik', aweber: 'AWeber', battlenet: 'Battle.net', bitly: 'Bitly',
  campaignmonitor: 'Campaign Monitor', cas: 'Apereo CAS', cognito: 'Amazon Cognito', constantcontact: 'Constant Contact',
  deviantart: 'DeviantArt', digitalocean: 'DigitalOcean', docusign: 'Docusign', ebay: 'eBay', echosign: 'Adobe Acrobat Sign',
  eyeem: 'EyeEm', familysearch: 'FamilySearch', freeagent: 'FreeAgent', freshbooks: 'FreshBooks', fusionauth: 'FusionAuth',
  getbase: 'Zendesk Sell', gitbook: 'GitBook', hellosign: 'Dropbox Sign', homeaway: 'HomeAway', ibm: 'IBM', idme: 'ID.me',
  idonethis: 'I Done This', infusionsoft: 'Keap', livechat: 'LiveChat', logingov: 'Login.gov', mailup: 'MailUp',
  mailxpert: 'mailXpert', mapmyfitness: 'MapMyFitness', myob: 'MYOB', nokotime: 'Noko', onelogin: 'OneLogin',
  openstreetmap: 'OpenStreetMap (OAuth 1.0a)', openstreetmap2: 'OpenStreetMap', osu: 'osu!', paypal: 'PayPal',
  phantauth: 'PhantAuth', producthunt: 'Product Hunt', projectplace: 'Projectplace (OAuth 1.0a)',
  projectplace2: 'Projectplace', pushbullet: 'Pushbullet', qq: 'QQ', runkeeper: 'Runkeeper', smugmug: 'SmugMug',
  socialpilot: 'SocialPilot', soundcloud: 'SoundCloud', stackexchange: 'Stack Exchange', stocktwits: 'Stocktwits',
  surveymonkey: 'SurveyMonkey', surveysparrow: 'SurveySparrow', timelyapp: 'Timely', traxo: 'Traxo', tripit: 'TripIt',
  underarmour: 'Under Armour', uservoice: 'UserVoice', verticalresponse: 'VerticalResponse', vk: 'VK',
  wordpress: 'WordPress.com', workos: 'WorkOS', xing: 'XING',
}
